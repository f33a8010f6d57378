/**
 * Where packages are and what their files are called: references, stores, versions, aliases,
 * digests.
 *
 * <p>Knows files and names. Knows no manifest, no golden rows and no XGBoost.
 */
package io.paritree.model.layout;
