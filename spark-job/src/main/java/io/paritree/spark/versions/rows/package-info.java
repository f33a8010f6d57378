/**
 * The rows of a Dataset as Spark holds them: to a function and back, without an object per value.
 *
 * <p>Made of Spark's expressions, which are internal API and differ between versions, so that this
 * is a part of the room for versions.
 */
package io.paritree.spark.versions.rows;
