/**
 * The face of a model: {@link io.paritree.model.Opening} verifies what a reference names and
 * returns a {@link io.paritree.model.ScoringModel}.
 *
 * <p>Schema, forest and model file meet here. The job, the server and the commands all open models
 * through this package: {@code ScoringModel}'s constructor is package-private, so there is no other
 * way to one. Knows no caller, no command and no sealing.
 */
package io.paritree.model;
