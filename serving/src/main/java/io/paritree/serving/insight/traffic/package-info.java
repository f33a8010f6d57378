/**
 * What the rows of the callers are like: counted into profiles of the last hour and the last day,
 * and sampled for a shadow model.
 *
 * <p>Uses rows as slots and scores. Nothing here depends on a request or on Jetty.
 */
package io.paritree.serving.insight.traffic;
