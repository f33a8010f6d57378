/**
 * Where packages are and what their files are called: references, stores, versions, aliases,
 * digests, and MLflow's description of a model directory.
 *
 * <p>Uses files and names. Nothing here depends on a manifest, on golden rows or on XGBoost.
 */
package io.paritree.model.layout;
