/**
 * Files on local disks and on Hadoop's stores, behind one narrow interface.
 *
 * <p>Knows bytes and names, nothing else of Paritree. Paths without a scheme and {@code file:} go
 * through {@code java.nio}; Hadoop's client serves every other scheme and is loaded only then.
 */
package io.paritree.store;
