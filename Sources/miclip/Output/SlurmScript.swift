import Analysis
import Foundation

/// A batch script for Slurm: an extraction as an array of tasks, each of which finds its share by itself.
enum SlurmScript {
    /// - Parameters:
    ///   - program: as it was called.
    ///   - arguments: of the extraction, without those of the script.
    static func text(program: String, arguments: [String], study: String, tasks: Int) -> String {
        let program = program.contains("/") ? URL(filePath: program).standardizedFileURL.path : program
        let command = ([program, "extract"] + arguments + ["--shard", "auto"]).map(shellQuoted).joined(separator: " ")
        let merge = [program, "merge", study].map(shellQuoted).joined(separator: " ")
        return """
            #!/bin/bash
            #SBATCH --job-name=miclip
            #SBATCH --array=1-\(tasks)
            #SBATCH --requeue
            #SBATCH --open-mode=append
            #SBATCH --output=miclip-%A_%a.log
            # A task has one core unless more are asked for: sbatch --cpus-per-task=8 --mem-per-cpu=2G extract.sh
            # Two minutes before its time is up a task stops at a whole batch, and goes on there when it runs again.
            #SBATCH --signal=B:TERM@120
            #
            # Submit it, and joining after it:
            #   job=$(sbatch --parsable extract.sh)
            #   sbatch --dependency=afterok:$job --wrap \(shellQuoted(merge))
            # What is left, and which tasks to submit again:
            #   \([program, "shares", study].map(shellQuoted).joined(separator: " "))
            exec \(command)
            """
    }

    /// The arguments without an option and its value.
    static func without(_ option: String, _ arguments: [String]) -> [String] {
        var kept: [String] = []
        var isValue = false
        for argument in arguments {
            if isValue {
                isValue = false
            } else if argument == option {
                isValue = true
            } else if !argument.hasPrefix(option + "=") {
                kept.append(argument)
            }
        }
        return kept
    }
}
