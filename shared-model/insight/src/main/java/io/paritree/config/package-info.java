/**
 * The settings of a program: where their values come from, and how each is read with a type and a
 * range.
 *
 * <p>The only room that knows the configuration library. Knows no program and none of its settings.
 */
package io.paritree.config;
