/**
 * The command {@code scripts/model}: one class for each subcommand.
 *
 * <p>The only room of this module that knows the command line library, so that a program that uses
 * the module as a library does not need it. No other room knows this one.
 */
package io.paritree.model.command;
