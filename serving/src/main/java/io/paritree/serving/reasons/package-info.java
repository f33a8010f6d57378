/**
 * The reasons that a request asks for, the same in every protocol.
 *
 * <p>Knows served models, records and answers. Knows no protocol and no HTTP.
 */
package io.paritree.serving.reasons;
