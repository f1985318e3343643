%% A TLS listener with the options that EMQX 5.8 gives Erlang's ssl: Judging is what a rendered emqx.conf asks for
%% (tests/servers/emqx_listener.py), the rest is where the files of a test lie and how this module reads.
%%
%% Says "port N", then one line for each client: "accepted", or "refused" with the alert and Erlang's reason.
%% A client that is accepted is told so too.
-module(tls_listener).
-export([main/2]).

-define(HANDSHAKE_MILLISECONDS, 10000).

main(Folder, Judging) ->
    {ok, _} = application:ensure_all_started(ssl),
    {ok, _} = application:ensure_all_started(inets),
    {ok, Listener} = ssl:listen(0, Judging ++ options(Folder)),
    {ok, {_, Port}} = ssl:sockname(Listener),
    io:format("port ~b~n", [Port]),
    accept(Listener).

options(Folder) ->
    [
        {ip, {127, 0, 0, 1}},
        {mode, binary},
        {active, false},
        {cacertfile, filename:join(Folder, "device-authorities.pem")},
        {certfile, filename:join(Folder, "server.pem")},
        {keyfile, filename:join(Folder, "server.key")},
        {log_level, error}
    ].

accept(Listener) ->
    {ok, Connection} = ssl:transport_accept(Listener),
    case ssl:handshake(Connection, ?HANDSHAKE_MILLISECONDS) of
        {ok, Socket} ->
            io:format("accepted~n"),
            ok = ssl:send(Socket, <<"accepted">>),
            ssl:close(Socket);
        {error, {tls_alert, {Alert, Reason}}} ->
            io:format("refused ~s ~0p~n", [Alert, lists:flatten(io_lib:format("~0p", [Reason]))]);
        {error, Reason} ->
            io:format("refused closed ~0p~n", [Reason])
    end,
    accept(Listener).
