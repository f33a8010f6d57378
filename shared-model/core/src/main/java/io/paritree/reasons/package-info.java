/**
 * From contributions to reasons: which fields of a record moved its score most.
 *
 * <p>Knows models and contributions. Knows no record, no file and no protocol.
 */
package io.paritree.reasons;
