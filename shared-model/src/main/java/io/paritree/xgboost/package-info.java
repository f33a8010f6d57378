/**
 * Reads XGBoost's model files and checks them completely; runs XGBoost itself as the second engine.
 *
 * <p>Knows {@code io.paritree.forest}, which scores the models that are read here. {@link
 * io.paritree.xgboost.NativeBooster} is the only class that uses XGBoost4J; it never loads a file
 * that {@link io.paritree.xgboost.XgboostModel} has not accepted.
 */
package io.paritree.xgboost;
