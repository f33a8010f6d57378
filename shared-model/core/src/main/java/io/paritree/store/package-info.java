/**
 * Files on local disks and on Hadoop's stores, behind one interface.
 *
 * <p>Knows bytes and names, and no other part of Paritree. The only room of this module that knows
 * Hadoop.
 */
package io.paritree.store;
