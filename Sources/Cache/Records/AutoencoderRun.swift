import Digests
import Foundation

/// The record of a sparse autoencoder, trained or imported, whose weights lie in a file of the `activations` folder.
package struct AutoencoderRun: Sendable, Hashable {
    /// Of all that produced the weights.
    package var key: Digest
    /// How it was made: UTF-8 JSON, in a form that is the caller's own.
    package var parameters: Data
    package var features: Int
    /// Units of the layer.
    package var width: Int
    /// Name inside the study's `activations` folder.
    package var fileName: String
    /// What training or importing reported: UTF-8 JSON, likewise.
    package var report: Data

    /// - Precondition: a plain file name, without a folder.
    package init(key: Digest, parameters: Data, features: Int, width: Int, fileName: String, report: Data) {
        precondition(ValueFileRecord.isPlain(fileName), "\(fileName) is not a plain file name")
        self.key = key
        self.parameters = parameters
        self.features = features
        self.width = width
        self.fileName = fileName
        self.report = report
    }
}
