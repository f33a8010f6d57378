/**
 * One record, many ways to score it: the records on which ways could part, and what the ways make
 * of them.
 *
 * <p>Knows models and engines; a way of a job or of a server is given by who has one.
 */
package io.paritree.proof;
