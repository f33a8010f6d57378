/**
 * Tables whose content a log or a catalog lists: a version of them that is read, and the one commit
 * by which the rows of a run become visible.
 *
 * <p>What differs between formats is in the rooms below this name.
 */
package io.paritree.spark.tables;
