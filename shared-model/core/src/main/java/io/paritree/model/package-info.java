/**
 * The entry to all models: {@link io.paritree.model.Opening} verifies what a reference names and
 * returns a {@link io.paritree.model.ScoringModel}.
 *
 * <p>Combines schema, forest and model file. Only {@code Opening} calls the constructor of {@code
 * ScoringModel}, so the job, the server and the commands all open models through this package.
 * Knows no caller, no command and no sealing.
 */
package io.paritree.model;
