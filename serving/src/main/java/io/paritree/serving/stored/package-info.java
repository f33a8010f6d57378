/**
 * The stored scores in service: outputs of the job, and the indexes of their newest partitions.
 *
 * <p>Knows outputs, indexes and problems. Knows no request and no model.
 */
package io.paritree.serving.stored;
