import Analysis
import Explorer
import Foundation
import ScriptedExplorer
import Testing

/// Whole screens at 80x24, as a user sees them.
@Suite("Screens")
struct ScreenTests {
    @Test("What makes the accuracy doubtful stands in the header of every screen", arguments: Screen.allCases)
    func doubt(screen: Screen) {
        let player = Player.atWork(screen: screen) { $0.doubt = "1 class paired by what was left" }
        #expect(player.screen.contains("in doubt: 1 class paired by what was left"))
        #expect(!Player.atWork(screen: screen).screen.contains("in doubt"))
    }

    @Test("Locate")
    func locate() {
        expectScreen(
            Player.atWork().screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings   5 Map       norm · 60.0 %
             Concept boot                                             class boot (by name)
            ━━ Units by rivals ━━━━━━━━━ 1/24 ━  ── Unit norm:0+ ──── mean 0.10, dev 0.90 ─
            ▎0+      ━━━━━   0.960 heel          heel      ━━━━━━━━━━━━━━━━━━━━━━━━━━  0.80
            ▎0-      ━━━━━   0.920 heel          sole      ━━━━━━━━━━━━━━━━━━━╸        0.60
            ▎1+      ━━━━╸   0.880 sole          boot      ━━━━━━━━━━━━━               0.40
            ▎1-      ━━━━╸   0.840 sole          strap     ━━━━━━╸                     0.20
            ▎2+      ━━━━    0.800 boot          most activating
            ▎2-      ━━━━    0.760 boot          ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
            ▎3+      ━━━╸    0.720 strap         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
            ▎3-      ━━━╸    0.680 strap         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
            ▎4+      ━━━╸    0.640 bag           ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
            ▎4-      ━━━     0.600 bag           3.0 boot   2.9 boot   2.8 boot   2.7 boot
             5+      ━━━     0.560 collar        least activating
             5-      ━━╸     0.520 collar        ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             6+      ━━╸     0.480 heel          ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             6-      ━━╸     0.440 heel          ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             7+      ━━      0.400 sole          ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             7-      ━━      0.360 sole          3.0 boot   2.9 boot   2.8 boot   2.7 boot
             8+      ━╸      0.320 boot          ▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▄▄▄▄▄██████▄▄▄▄▄▂▂▂▂▂▁▁▁▁▁
             8-      ━╸      0.280 boot          −2.0                  ▲ mean           2.0
             9+      ━╸      0.240 strap         raises boot +0.50
             9-      ━       0.200 strap         lowers bag −0.25
             Enter profile  r ranking  + pick  g steer  m mark  / concept    ? help  q quit
            """)
    }

    @Test("Units")
    func units() {
        var player = Player.atWork(screen: .units)
        player.press(.down, .down)
        player.answer()
        expectScreen(
            player.screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings   5 Map       norm · 60.0 %
             Filter f, then part of a concept or a unit's number            24 of 24 units
            ━━ Units of norm ━━━━━━━━━━━━━━━━━━━━━━━━━━  ── Unit norm:1+ ──────────────────
             unit▲   best concept     cos   mean    dev  heel      ━━━━━━━━━━━━━━━━━━  0.80
             0+      heel            0.80   0.00   1.00  sole      ━━━━━━━━━━━━━╸      0.60
             0-      heel            0.80   0.00   1.00  boot      ━━━━━━━━━           0.40
             1+      sole            0.60   0.10   1.01  strap     ━━━━╸               0.20
             1-      sole            0.60  −0.10   1.01  most activating
             2+      boot            0.40   0.20   1.02  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             2-      boot            0.40  −0.20   1.02  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             3+      strap           0.20   0.30   1.03  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             3-      strap           0.20  −0.30   1.03  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             4+      bag             0.00   0.40   1.04  3.0 boot   2.9 boot   2.8 boot
             4-      bag             0.00  −0.40   1.04  least activating
             5+      collar         −0.20   0.50   1.05  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             5-      collar         −0.20  −0.50   1.05  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             6+      heel            0.80   0.60   1.06  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             6-      heel            0.80  −0.60   1.06  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             7+      sole            0.60   0.70   1.07  3.0 boot   2.9 boot   2.8 boot
             7-      sole            0.60  −0.70   1.07  ▁▁▁▁▁▁▁▁▁▂▂▂▂▄▄▄▄█████▄▄▄▄▂▂▂▂▁▁▁▁
             8+      boot            0.40   0.80   1.08  −2.0             ▲ mean        2.0
             8-      boot            0.40  −0.80   1.08  raises boot +0.50
             9+      strap           0.20   0.90   1.09  lowers bag −0.25
             Enter profile  s sort  S reverse  f filter  + pick  g steer     ? help  q quit
            """)
    }

    @Test("Steer")
    func steer() {
        var player = Player.atWork(screen: .steer)
        for _ in 0..<20 { player.press(.right) }
        expectScreen(
            player.screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings   5 Map       norm · 60.0 %
             Concept boot                                             class boot (by name)
            ━━ Steer the top 10 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ by rivals ━
              units τ   ━━━━━━●──────────      10   accuracy        before   after    ∆Acc
            ▸ scale β   ────────━━━●─────    2.00   boot            20.0 %  40.0 %   +20.0
              add β     ────────○────────    0.00   other classes  100.0 % 100.0 %     0.0
                                                    all             60.0 %  70.0 %   +10.0
             0+ 0- 1+ 1- 2+ 2- 3+ 3- 4+ 4-          exact, 20 held-out images
                                                    flipped 2 right 0 wrong

            ── Accuracy, units scaled by β ──────────────────── ── boot ╌╌ other classes ──
            100 %│⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉ ⠉│⠉ ⠉ ⠉ ⠉ ⠉ ⠉
                 │                                               │
                 │                                               │                   ⡏⠉⠉⠉⠉
                 │                                               │             ⢸⠉⠉⠉⠉⠉
                 │                                               │        ⢸⠉⠉⠉⠉⠁
             50 %│                                             ⢀⣀●⣀⣀⣀⠏⠉⠉⠉⠉⠁
                 │                                        ⣀⣀⣀⣀⣀⡸ │
                 │                                   ⣀⣀⣀⣀⣀⠇      │
                 │                             ⢀⣀⣀⣀⣀⣀⠇           │
              0 %│⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡸                 │            ⣀ ⣀ ⣀ ⣀ ⣀ ⣀
                 ╰────────────────────────────────────┴──────────▲────────────────────────
                β −2              −0.50               1              2.50                4
             ←→ slide  [] size  o operator  0 β=0  = reset  m mark  a add    ? help  q quit
            """)
    }

    @Test("Findings")
    func findings() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.down)
        expectScreen(
            player.screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings (2)   5 Map   norm · 60.0 %
             Filter f, then part of a name or note, or a #tag         by age, oldest first
            ━━ Findings ━━━━━━━━━━━━━━ 2 kept ━  ── Intervention ──────────────────────────
             unit 2+  heel 0.80                  concept “boot”, read on class boot
               the heel, not the shaft           scaling, β = 2.00
             boot ×2.00, 10 units   ∆Acc +20.0   on 10 units:
               no note                           0+ 0- 1+ 1- 2+ 2- 3+ 3- 4+ 4-

                                                 accuracy        before   after    ∆Acc
                                                 boot            20.0 %  40.0 %   +20.0
                                                 other classes  100.0 % 100.0 %     0.0
                                                 all             60.0 %  70.0 %   +10.0

                                                 20 held-out images









             Enter go to  n note  f filter  e export  D delete  u undo       ? help  q quit
            """)
    }

    @Test("Opening")
    func opening() {
        var player = Player()
        player.send(
            .progress(
                WorkProgress(phase: .alignment, completed: 1250, total: 5000, rate: 250, loss: 4.25), secondsElapsed: 61
            ))
        expectScreen(
            player.screen,
            """








                    miclip  What do the units of a vision model stand for?

                    Aligning the neuron encoder                               25.0 %
                    ━━━━━━━━━━━━━━━━────────────────────────────────────────────────
                    1,250 of 5,000 · 250 a second · loss 4.250
                    1 min 01 s so far, about 15 s left

                    Esc stops; the next start goes on from here.








            """)
    }

    @Test("Writing a note")
    func note() {
        var player = Player.atWork()
        player.press(.character("m"))
        player.type("heel")
        expectScreen(
            player.screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings   5 Map       norm · 60.0 %
             Concept boot                                             class boot (by name)
            ── Units by rivals ───────── 1/24 ─  ── Unit norm:0+ ──── mean 0.10, dev 0.90 ─
            ▎0+      ━━━━━   0.960 heel          heel      ━━━━━━━━━━━━━━━━━━━━━━━━━━  0.80
            ▎0-      ━━━━━   0.920 heel          sole      ━━━━━━━━━━━━━━━━━━━╸        0.60
            ▎1+      ━━━━╸   0.880 sole          boot      ━━━━━━━━━━━━━               0.40
            ▎1-      ━━━━╸   0.840 sole          strap     ━━━━━━╸                     0.20
            ▎2+      ━━━━    0.800 boot          most activating
            ▎2-      ━━━━    0.760 boot
            ▎3+     ╭─ Keep unit 0+  heel 0.80 ────────────────────────────────────╮
            ▎3-     │                                                              │
            ▎4+     │  Note heel                                                   │
            ▎4-     │                                                              │7 boot
             5+     ╰──────────────────────────────────────────────────────────────╯
             5-      ━━╸     0.520 collar        ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             6+      ━━╸     0.480 heel          ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             6-      ━━╸     0.440 heel          ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             7+      ━━      0.400 sole          ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             7-      ━━      0.360 sole          3.0 boot   2.9 boot   2.8 boot   2.7 boot
             8+      ━╸      0.320 boot          ▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▄▄▄▄▄██████▄▄▄▄▄▂▂▂▂▂▁▁▁▁▁
             8-      ━╸      0.280 boot          −2.0                  ▲ mean           2.0
             9+      ━╸      0.240 strap         raises boot +0.50
             9-      ━       0.200 strap         lowers bag −0.25
             Enter keep  Esc cancel  Ctrl-U clear
            """)
    }

    @Test("A window too small says what it takes, in however few cells", arguments: [(20, 5), (59, 24), (80, 15)])
    func tooSmall(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows)
        let lines = player.screen.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines == [columns < 35 ? "60x16 needed" : "miclip needs 60x16; this is \(columns)x\(rows)"])
        #expect(player.press(.character("q")).last == .quit)
    }
}
