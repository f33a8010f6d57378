/**
 * Drift, over HTTP: callers' rows compared with the rows that their model was sealed with, or with
 * stored scores.
 *
 * <p>Knows profiles and how they are compared. Knows no score of a request.
 */
package io.paritree.serving.drift;
