/**
 * Rows of CSV files, scored and compared: what the commands {@code predict} and {@code verify} do,
 * and the comparison with a trainer's predictions.
 *
 * <p>Knows schemas and engines. Knows neither how a model is opened nor any command line.
 */
package io.paritree.model.rows;
