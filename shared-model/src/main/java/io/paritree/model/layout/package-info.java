/**
 * Where packages are and what their files are called: references, stores, versions, aliases,
 * digests.
 *
 * <p>Knows files and names. Does not know what is in the manifest or in any other file than {@code
 * paritree.sha256}.
 */
package io.paritree.model.layout;
