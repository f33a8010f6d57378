/**
 * The comparison with the trainer's own predictions, and the search for the cause where they
 * differ.
 *
 * <p>A cause is a {@link io.paritree.model.trainer.Claim}: it says what the trainer did otherwise,
 * and is believed only as far as scores computed under it agree with the predictions. New causes
 * are new claims; {@code Search} knows none of them.
 */
package io.paritree.model.trainer;
