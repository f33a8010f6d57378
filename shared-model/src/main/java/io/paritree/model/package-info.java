/**
 * A package directory and the verified {@link io.paritree.model.ScoringModel} in it; versions,
 * aliases, and the {@code model} command.
 *
 * <p>Here feature and forest meet, and nowhere else. A package is the model file, the manifest
 * {@code paritree.json}, the golden rows {@code golden.jsonl} and the digests {@code
 * paritree.sha256}; there is one way to open one, and both the job and the server take it.
 */
package io.paritree.model;
