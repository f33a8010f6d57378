/**
 * Rows of CSV files, scored and compared: what the commands {@code predict} and {@code verify} do,
 * and the comparison with a trainer's predictions.
 *
 * <p>Knows schemas and engines. Does not know how a model is opened, and no command line.
 */
package io.paritree.model.rows;
