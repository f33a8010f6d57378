/**
 * Proof of published scores: files against their digests, and rows scored again by another engine.
 *
 * <p>Knows outputs, tables and inputs, and reads only. Whatever another run publishes meanwhile is
 * read again, and is no difference.
 */
package io.paritree.spark.insight.audit;
