/**
 * A JSON object, or a line of CSV, into slots.
 *
 * <p>Knows where a value stands and what spells it, and hands it to {@code io.paritree.feature},
 * which alone decides what becomes of it. A record that is wrong ends in faults; a document or file
 * that cannot be read any further ends in an exception.
 */
package io.paritree.record;
