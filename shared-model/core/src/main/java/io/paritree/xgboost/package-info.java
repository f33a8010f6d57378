/**
 * Reads XGBoost's model files and checks them completely; runs XGBoost itself as the second engine.
 *
 * <p>Knows {@code io.paritree.forest}, which scores the models that are read here. Knows no
 * features, no records and no packages. {@link io.paritree.xgboost.NativeBooster} is the only class
 * that uses XGBoost4J.
 */
package io.paritree.xgboost;
