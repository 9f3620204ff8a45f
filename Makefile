# make run      build and open the explorer on the bundled study
# make test     build, lint and test
# make parity   compare full-size models of every layout with PyTorch's (needs Python with PyTorch, torchvision, transformers
#               and timm; open_clip where it is installed)
# make torture  damaged inputs for every parser, damaged studies, kills, full disks, two processes, terminals: minutes to an
#               hour; INPUTS=, STUDIES=, KILLS=, DISKS=, PAIRS=, ROUNDS= and SEED= choose sizes
# make pictures compare decoded pixels with Pillow's over the pictures that packages carry (needs Python with Pillow, and pip)
# make sanitize the tests, and damaged inputs, under the sanitizers for addresses and undefined behaviour
# make sanitize-threads  the tests of what runs side by side under the one for threads
# make slurm    run an extraction as an array of a Slurm of its own on this machine, tasks killed and run again, and compare its
#               files with a single run's (needs Debian's slurmctld, slurmd and munge, and root)
# make bench    measure latency and throughput, also on a study of ImageNet's size, made in the temporary folder (3 GB)
# make bench-models  images a second of ResNet-50, ViT-B/16 and CLIP B/16 beside PyTorch, ONNX Runtime and OpenVINO
#               (needs Python with PyTorch and transformers; the others where they are installed)
# make bench-avx2    the same in float32 with all that can be held to AVX2 held to it
# make docs     the documents as a site, in .build/site (by the toolchain's docc); python3 -m http.server shows it
# make bench-import  what activations made elsewhere, of ImageNet's size, take to be imported (needs Python with numpy and safetensors)
# make format   format the sources
# make deps     install the Debian packages the build needs
# make install  copy the program, its manual pages and completions to PREFIX (default /usr/local); make uninstall takes them away
# make deb      a Debian package, in .build (needs Debian's dpkg-dev)
# make tarball  the program with all its libraries inside, to be unpacked on any Linux of the same kind of processor, in .build
#               (needs dpkg and gfortran)
# make goldens  make the numbers the tests compare with again (needs Python with PyTorch and transformers)

SOURCES := Package.swift Sources Tests Benchmarks
PACKAGES := pkg-config libncursesw5-dev libjpeg-dev libopenblas-dev libpng-dev libsqlite3-dev libtiff-dev libwebp-dev libgif-dev zlib1g-dev
# giflib has no pkg-config file: its header tells.
LIBRARIES := ncursesw libjpeg openblas libpng sqlite3 libtiff-4 libwebp libwebpdemux zlib
PREFIX ?= /usr/local
# What an installed program says of itself.
COMMIT := $(shell git describe --always --abbrev=9 --exclude '*' --dirty=+ 2>/dev/null)
PYTHON ?= python3
COMPLETION_bash = $(PREFIX)/share/bash-completion/completions/miclip
COMPLETION_zsh = $(PREFIX)/share/zsh/site-functions/_miclip
COMPLETION_fish = $(PREFIX)/share/fish/vendor_completions.d/miclip.fish

.PHONY: run test torture slurm lint parity pictures sanitize sanitize-threads bench bench-import bench-models bench-avx2 docs format deps install install-files deb tarball uninstall goldens

run: deps
	swift build -c release --product miclip
	.build/release/miclip

# Tests run in release builds: the numbers are the program's own, and debug code is fifty times slower.
test: deps lint
	swift build -c release --build-tests
	swift test -c release --skip-build

INPUTS ?= 1200000
STUDIES ?= 2000
KILLS ?= 1600
DISKS ?= 100
PAIRS ?= 40
ROUNDS ?= 44
SEED ?= 20261126

# All parts run, whatever one of them finds.
torture: deps
	swift build -c release --product miclip
	swift build -c release --product miclip-torture
	@status=0; for part in "inputs --count $(INPUTS)" "terminals --rounds $(ROUNDS)" "together --count $(PAIRS)" \
		"disks --count $(DISKS)" "studies --files $$(($(STUDIES) / 2)) --rows $$(($(STUDIES) / 2))" "kills --count $(KILLS)"; do \
		.build/release/miclip-torture $$part --seed $(SEED) || status=1; \
	done; exit $$status

slurm: deps
	swift build -c release --product miclip
	Tests/Clusters/slurm.sh .build/release/miclip

lint:
	swift format lint --strict --parallel --recursive $(SOURCES)
	$(PYTHON) Tools/check_imports.py
	$(PYTHON) Tools/draw_targets.py --check
	$(PYTHON) Tools/check_docs.py
	@if command -v docc >/dev/null; then Tools/make_site.sh .build; fi

bench: deps
	swift build -c release --product miclip-bench
	.build/release/miclip-bench

bench-import: deps
	swift build -c release --product miclip
	$(PYTHON) Benchmarks/import_at_size.py .build/release/miclip

bench-models: deps
	swift build -c release --product miclip-throughput
	$(PYTHON) Benchmarks/throughput.py .build/release/miclip-throughput

# In a folder of its own, for the kernels are others.
bench-avx2: deps
	swift build -c release --product miclip-throughput --scratch-path .build/avx2 -Xcc -DMICLIP_NO_AVX512
	$(PYTHON) Benchmarks/throughput.py .build/avx2/release/miclip-throughput --avx2 --only resnet50 vit-b16 clip-b16

docs:
	Tools/make_site.sh .build

format:
	swift format --in-place --parallel --recursive $(SOURCES)

# Installs only what pkg-config cannot find, with sudo where we are not root.
deps:
	@command -v swift >/dev/null || { echo "make: Swift 6.2 or newer is needed; see https://www.swift.org/install" >&2; exit 1; }
	@if ! pkg-config --exists $(LIBRARIES) 2>/dev/null || \
		! printf '#include <stdio.h>\n#include <gif_lib.h>\n' | clang -E -x c - >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; \
		else echo "make: as root, run: apt-get install $(PACKAGES)" >&2; exit 1; fi; \
		command -v apt-get >/dev/null || { echo "make: install the development files of: $(LIBRARIES)" >&2; exit 1; }; \
		$$as apt-get update -q && \
		$$as env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(PACKAGES) || \
		{ echo "make: could not install; run: apt-get install $(PACKAGES)" >&2; exit 1; }; \
	fi

install: deps
	MICLIP_COMMIT=$(COMMIT) swift build -c release --product miclip
	$(MAKE) install-files

PROGRAM ?= .build/release/miclip
install-files:
	install -D $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/miclip
	mkdir -p $(DESTDIR)$(PREFIX)/share/miclip $(foreach shell,bash zsh fish,$(DESTDIR)$(dir $(COMPLETION_$(shell))))
	cp -R SampleData Themes $(DESTDIR)$(PREFIX)/share/miclip/
	$(PYTHON) Tools/make_manual.py $(PROGRAM) $(DESTDIR)$(PREFIX)/share/man/man1
	$(foreach shell,bash zsh fish,$(PROGRAM) --generate-completion-script $(shell) > $(DESTDIR)$(COMPLETION_$(shell)) && \
		sed -i '1{/^#!/d}' $(DESTDIR)$(COMPLETION_$(shell)) &&) true

# With Swift's libraries inside, of which a bare Debian has none.
deb: deps
	MICLIP_COMMIT=$(COMMIT) swift build -c release --product miclip --static-swift-stdlib --scratch-path .build/static
	Tools/make_deb.sh .build/static/release/miclip .build

# With the C libraries inside too, from the archives in their -dev packages.
tarball: deps
	flags=$$(Tools/static_archives.sh .build/archives) && MICLIP_COMMIT=$(COMMIT) PKG_CONFIG_PATH=$(CURDIR)/.build/archives \
		swift build -c release --product miclip --static-swift-stdlib --scratch-path .build/alone $$flags
	Tools/make_tarball.sh .build/alone/release/miclip .build/archives .build

# What install wrote, and nothing else: studies and themes of your own stay. Folders go where nothing is left in them, but for the
# system's.
uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/share/miclip
	rm -f $(DESTDIR)$(PREFIX)/bin/miclip $(DESTDIR)$(PREFIX)/share/man/man1/miclip.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1/miclip-*.1 $(foreach shell,bash zsh fish,$(DESTDIR)$(COMPLETION_$(shell)))
	@case "$(PREFIX)" in /usr|/usr/local) ;; *) (cd "$(DESTDIR)$(PREFIX)" 2>/dev/null && rmdir -p --ignore-fail-on-non-empty \
		bin share/man/man1 $(foreach shell,bash zsh fish,$(patsubst $(PREFIX)/%/,%,$(dir $(COMPLETION_$(shell))))) 2>/dev/null); \
		rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(PREFIX)" 2>/dev/null;; esac; true

goldens:
	$(PYTHON) Tests/Goldens/make_alignment_goldens.py
	$(PYTHON) Tests/Goldens/make_probe_head_goldens.py
	$(PYTHON) Tests/Goldens/make_array_goldens.py
	$(PYTHON) Tests/Goldens/make_dissection_goldens.py
	$(PYTHON) Tests/Goldens/make_tar_goldens.py
	cd Tests/Goldens && $(PYTHON) make_resnet_goldens.py resnet.safetensors
	cd Tests/Goldens && $(PYTHON) make_image_goldens.py images
	cd Tests/Goldens && $(PYTHON) make_picture_goldens.py images
	cd Tests/Goldens && $(PYTHON) make_pickle_goldens.py pickles
	$(PYTHON) Tests/Goldens/make_sae_goldens.py
	$(PYTHON) Tests/Goldens/make_sae_file_goldens.py
	$(PYTHON) Tests/Goldens/make_token_goldens.py
	cd Tests/Goldens && $(PYTHON) make_sentence_goldens.py sentences
	$(PYTHON) Tests/Goldens/make_geometry_goldens.py
	cd Tests/Goldens && $(PYTHON) make_goldens.py ../../SampleData sample-models.safetensors
	cd Tests/Goldens && $(PYTHON) make_layouts.py layouts
	cd Tests/Goldens && $(PYTHON) make_siglip_tokenizers.py siglip
	cd Tests/Goldens && $(PYTHON) make_siglip.py layouts

# Full-size models of every layout, one after the other, ten thousand strings for the tokenizer, and our autoencoders in
# SAELens. A few minutes.
parity: deps
	swift build -c release --build-tests
	$(PYTHON) Tests/Goldens/parity.py -- swift test -c release --skip-build --filter 'LayoutTests|SigLIPTokenizerTests'
	$(PYTHON) Tests/Goldens/check_extraction.py .build/release/miclip
	folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	MICLIP_SAE_EXPORTS="$$folder" swift test -c release --skip-build --filter AutoencoderExchangeTests && \
	$(PYTHON) Tests/Goldens/check_sae_exports.py "$$folder"

pictures: deps
	$(PYTHON) Tests/Goldens/picture_suites.py

# Pictures alone with the system's decoders under guard, then all tests but those of whole programs and of speed, and one of
# figures: other kernels round otherwise there.
SANITIZED := -c release --sanitize address --scratch-path .build/sanitize -Xcc -fsanitize=undefined \
	-Xcc -fno-sanitize-recover=undefined
sanitize: deps
	folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	clang -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -ISources/CImageCodecs/include -ISources/CImageCodecs \
		Tests/Sanitizers/damage.c Sources/CImageCodecs/*.c -ljpeg -lpng -lwebp -lwebpdemux -lgif -ltiff -lz -o "$$folder/damage" && \
	ASAN_OPTIONS=allocator_may_return_null=1 "$$folder/damage" 10000 $(wildcard Tests/Goldens/images/*.jpg) \
		$(wildcard Tests/Goldens/images/*.png) $(wildcard Tests/Goldens/images/*.webp) \
		$(wildcard Tests/Goldens/images/*.gif) $(wildcard Tests/Goldens/images/*.bmp) $(wildcard Tests/Goldens/images/*.tif)
	swift build $(SANITIZED) --build-tests
	ASAN_OPTIONS=detect_leaks=0 swift test $(SANITIZED) --skip-build --skip 'ProgramTests|TortureTests|SpeedTests|BundledStudyTests/published'

# In a copy whose Mutex ThreadSanitizer knows: to the toolchain's own it is blind, and calls what that guards a race. The
# bundled study's figures, which only take long, are left out.
THREADS := --package-path .build/threads -c release --sanitize thread -Xcc -DMICLIP_NO_CLONES
sanitize-threads: deps
	rm -rf .build/threads/Sources .build/threads/Tests && mkdir -p .build/threads
	cp -R Package.swift Package.resolved Sources Tests Benchmarks SampleData Themes .build/threads/
	for folder in $$(grep -rl '^import Synchronization' Sources Tests | cut -d/ -f1,2 | sort -u); do \
		cp Tests/Sanitizers/Mutex.swift .build/threads/$$folder/; done
	swift build $(THREADS) --build-tests
	swift test $(THREADS) --skip-build --skip BundledStudyTests \
		--filter 'ExplorerRuntimeTests|WorkbenchTests|VisionModelsTests.ImageTests|LinearAlgebraTests'
