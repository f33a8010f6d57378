/**
 * The configuration of the server: a closed set of keys, each with a type, a unit, a range and a
 * default.
 *
 * <p>Knows no part of the server that is configured.
 */
package io.paritree.serving.config;
