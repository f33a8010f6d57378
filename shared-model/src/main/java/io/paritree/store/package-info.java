/**
 * Files on local disks and on Hadoop's stores, behind one narrow interface.
 *
 * <p>Knows only bytes and names, and no other part of Paritree. Paths without a scheme and {@code
 * file:} go through {@code java.nio}; Hadoop's client serves every other scheme and is loaded only
 * then.
 */
package io.paritree.store;
