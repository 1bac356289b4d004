/**
 * Nodes of a real API server without machines behind them: a Node object as a kubelet keeps it, and
 * the real daemon on a simulated kernel.
 */
package io.mdevmigration.e2e.fleet;
