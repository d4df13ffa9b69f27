-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- For the "pubsub" component of Prosody 0.12, which lets only administrators create nodes. With this module
--
--  1. every account of the server's own domain may create nodes, and owns what it creates;
--  2. somebody whose right to a node was taken away is unsubscribed too, so that nothing more reaches him;
--  3. the list of nodes (disco#items) has only those that the asker may read.

local jid_bare = require "util.jid".bare;
local jid_host = require "util.jid".host;

local service = module:depends("pubsub").get_service();
local own_domain = module:get_option_string("atrium_nodes_domain", (module.host:gsub("^[^.]+%.", "")));

local stock_may = service.may;
local stock_set_affiliation = service.set_affiliation;
local stock_get_nodes = service.get_nodes;

function service:may(node, actor, action)
	if action == "create" and type(actor) == "string" and jid_host(actor) == own_domain then
		return true;
	end
	return stock_may(self, node, actor, action);
end

function service:set_affiliation(node, actor, jid, affiliation)
	local ok, err = stock_set_affiliation(self, node, actor, jid, affiliation);
	local object = self.nodes[node];
	local person = jid_bare(jid);
	-- The stock function answers "forbidden" after it made the change, when the removed one was subscribed.
	if not object or object.affiliations[person] ~= affiliation then
		return ok, err;
	end
	if self:may(node, jid, "be_subscribed") then
		return ok, err;
	end
	local gone = {};
	for subscriber in pairs(object.subscribers) do
		if jid_bare(subscriber) == person then
			table.insert(gone, subscriber);
		end
	end
	for _, subscriber in ipairs(gone) do
		self:remove_subscription(node, true, subscriber);
	end
	return true;
end

function service:get_nodes(actor)
	local ok, nodes = stock_get_nodes(self, actor);
	if not ok or actor == true then
		return ok, nodes;
	end
	local readable = {};
	for name, object in pairs(nodes) do
		if self:may(name, actor, "get_items") then
			readable[name] = object;
		end
	end
	return true, readable;
end
