/** Published scores, as a user names them. */
package io.paritree.spark.scores;
