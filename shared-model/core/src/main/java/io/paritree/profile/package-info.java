/**
 * Profiles of rows: how many there are, which values their features have, and what their scores
 * are. The rows that a package was sealed with, a partition of a night and a server's requests are
 * counted into one form, so that any two profiles of a model can be compared.
 *
 * <p>Knows slots and scores as numbers. Knows no model and no files.
 */
package io.paritree.profile;
