/**
 * What {@code paritree.json} says: the features, the outputs, the rounds and the provenance of a
 * package.
 *
 * <p>Knows features, and the categories that a model file records. Knows no forest and no store.
 */
package io.paritree.model.manifest;
