/**
 * What MLflow writes of a model: the {@code MLmodel} file and its signature.
 *
 * <p>The only room that knows the YAML library. Knows no schema of Paritree's.
 */
package io.paritree.model.mlflow;
