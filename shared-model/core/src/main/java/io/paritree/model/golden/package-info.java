/**
 * The golden rows of a package: records with the margins and leaves that libxgboost gave, and their
 * verification.
 *
 * <p>Knows records, schemas and engines. Does not know how golden rows are chosen; only {@code
 * seal} does.
 */
package io.paritree.model.golden;
