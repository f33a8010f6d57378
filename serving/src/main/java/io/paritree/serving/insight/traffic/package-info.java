/**
 * What the rows of the callers are like: counted into profiles of the last hour and the last day.
 *
 * <p>Knows rows as slots and scores. Knows no request and no Jetty.
 */
package io.paritree.serving.insight.traffic;
