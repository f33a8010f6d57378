/**
 * What MLflow writes about a model: the {@code MLmodel} file and its signature.
 *
 * <p>The only room that knows the YAML library. Does not know Paritree's schemas.
 */
package io.paritree.model.mlflow;
