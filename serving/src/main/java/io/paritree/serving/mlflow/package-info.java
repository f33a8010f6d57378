/**
 * MLflow's scoring protocol: {@code /invocations} and {@code /version}.
 *
 * <p>Knows the models in service, MLflow's classes and signatures as the model's card records them,
 * and the rows that a request fills. Knows no other protocol, no Jetty and no port.
 */
package io.paritree.serving.mlflow;
