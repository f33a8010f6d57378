/**
 * The page at {@code /ui/}: its files, and the policy that a browser keeps for them.
 *
 * <p>Knows HTTP only. What the page shows it asks of the other routes, as any caller does.
 */
package io.paritree.serving.page;
