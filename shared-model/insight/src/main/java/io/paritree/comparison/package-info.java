/**
 * What another model would change: the comparison of two models over the same rows, and of what
 * they say of themselves, as one object.
 *
 * <p>Knows outputs, profiles and distances. Knows neither how a model is opened nor where rows come
 * from: a command, tasks of a job and a server feed the same counts.
 */
package io.paritree.comparison;
