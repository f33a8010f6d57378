/**
 * Reads a JSON object, or a line of CSV, into slots.
 *
 * <p>Knows where a value is in its record and how it is written, and passes it to {@code
 * io.paritree.feature}, which alone decides what it means. A wrong record gives faults; a document
 * or file that cannot be read any further gives an exception.
 */
package io.paritree.record;
