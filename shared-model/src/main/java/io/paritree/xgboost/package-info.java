/**
 * XGBoost's model files, read and proved whole, and XGBoost itself as the second engine.
 *
 * <p>Knows {@code io.paritree.forest}, which scores what is read here. {@link
 * io.paritree.xgboost.NativeBooster} is the only class that touches XGBoost4J; it never sees a file
 * that {@link io.paritree.xgboost.XgboostModel} has not accepted.
 */
package io.paritree.xgboost;
