/** Tables that runs append to. */
package io.paritree.spark.history;
