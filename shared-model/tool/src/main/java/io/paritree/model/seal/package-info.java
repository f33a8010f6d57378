/**
 * Making packages: the source that is sealed, the draft of a schema, the choice of golden rows.
 *
 * <p>Knows every other room of the model except the commands.
 */
package io.paritree.model.seal;
