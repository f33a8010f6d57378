/**
 * Reads a JSON object, or a line of CSV, into slots.
 *
 * <p>Knows where a value is in its record and how it is written, and passes it to {@code
 * io.paritree.feature}, which alone decides what it means. Knows no model and no package.
 */
package io.paritree.record;
