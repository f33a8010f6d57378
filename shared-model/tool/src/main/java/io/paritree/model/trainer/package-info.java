/**
 * The comparison with the trainer's own predictions, and the search for the cause where they
 * differ.
 *
 * <p>Each {@link io.paritree.model.trainer.Cause} says what the trainer may have done otherwise. It
 * is tried alone, and named only if all rows then agree; a new cause is one more of them.
 */
package io.paritree.model.trainer;
