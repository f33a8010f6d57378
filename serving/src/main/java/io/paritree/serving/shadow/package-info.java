/**
 * What challengers make of callers' rows, which champions have answered: scored by a thread of its
 * own, compared, and kept since both versions are what they are.
 *
 * <p>Knows rows as slots and scores. Knows no request and no Jetty.
 */
package io.paritree.serving.shadow;
