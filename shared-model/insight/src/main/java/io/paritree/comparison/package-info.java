/**
 * What another model would change: the comparison of two models over the same rows, and of their
 * contracts, as one object; and what an alias requires of such an object before it moves.
 *
 * <p>A command, tasks of a job and a server feed the same counts.
 */
package io.paritree.comparison;
