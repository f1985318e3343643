%% Says what EMQX 5.8 would say: acl.conf first, then the rows of mqtt_acl, then no_match = deny.
%%
%% Written after EMQX 5.8's emqx_authz.erl, emqx_authz_rule.erl, emqx_authz_rule_raw.erl and emqx_topic.erl; the file is
%% parsed by Erlang's own file:consult/1 and its regular expressions run in Erlang's own re, as there.
%%
%% A question is {Client, Action, Topic}: Client is #{username, clientid, cn}, cn of its certificate or undefined; Action {publish, Qos, Retain} or
%% {subscribe, Qos}. Releases of EMQX differ in whether a leading wildcard covers a first level that begins with a
%% dollar sign (issue 15771): Dollar says which way to judge.
-module(acl_verdicts).
-export([main/4]).

-define(ANY_QOS, [0, 1, 2]).

main(AclFile, RowsFile, QuestionsFile, Dollar) ->
    Terms = [compile(Term) || Term <- consult(AclFile)],
    Rows = maps:from_list([{U, [row(R) || R <- Rs]} || {U, Rs} <- consult(RowsFile)]),
    lists:foreach(
        fun(Question) -> io:format("~s~n", [verdict(Question, Terms, Rows, Dollar)]) end,
        consult(QuestionsFile)
    ).

consult(File) ->
    case file:consult(File) of
        {ok, Terms} -> Terms;
        {error, Reason} -> erlang:error({File, lists:flatten(file:format_error(Reason))})
    end.

verdict({Client = #{username := Username}, Action, Topic}, Terms, Rows, Dollar) ->
    Filter = words(real_topic(Action, Topic)),
    Rules = Terms ++ maps:get(Username, Rows, []),
    first([Permission || {Permission, Who, Allowed, Topics} <- Rules,
        fits(Action, Allowed), is(Client, Who),
        lists:any(fun(T) -> covers(Filter, T, Client, Dollar) end, Topics)]).

first([Permission | _]) -> Permission;
first([]) -> deny.

%% A shared subscription is judged by its topic, a delayed message too (emqx_topic:parse/1, emqx_access_control.erl).
real_topic({subscribe, _}, "$share/" ++ Rest) -> after_slash(Rest);
real_topic({subscribe, _}, "$queue/" ++ Rest) -> Rest;
real_topic({publish, _, _}, "$delayed/" ++ Rest) -> after_slash(Rest);
real_topic(_, Topic) -> Topic.

after_slash(Text) ->
    [_, Rest] = string:split(Text, "/"),
    Rest.

%% Rules

compile({Permission, all}) ->
    compile({Permission, all, all, ["#"]});
compile({Permission, Who, Action, Topics}) when Permission =:= allow; Permission =:= deny ->
    {Permission, who(Who), action(Action), [topic(Topic) || Topic <- Topics]}.

who(all) -> all;
who({user, Name}) -> who({username, Name});
who({client, Name}) -> who({clientid, Name});
who({Key, {re, Text}}) when Key =:= username; Key =:= clientid ->
    {ok, Pattern} = re:compile(unicode:characters_to_binary(Text)),
    {Key, {re, Pattern}};
who({Key, Name}) when Key =:= username; Key =:= clientid -> {Key, {eq, Name}};
who({Join, Parts}) when Join =:= 'and'; Join =:= 'or' -> {Join, [who(Part) || Part <- Parts]}.

action(Action) when Action =:= all; Action =:= publish; Action =:= subscribe ->
    {Action, ?ANY_QOS, all};
action({Action, Options}) ->
    {Action, proplists:get_value(qos, Options, ?ANY_QOS), proplists:get_value(retain, Options, all)}.

topic({eq, Text}) -> {eq, words(Text)};
topic("eq " ++ Text) -> {eq, words(Text)};
topic(Text) -> Text.

row({"allow", Action, Topic, Qos, Retain}) ->
    Levels = [list_to_integer(Level) || Level <- string:split(Qos, ",", all)],
    {allow, all, {list_to_existing_atom(Action), Levels, list_to_existing_atom(Retain)}, [topic(Topic)]}.

%% Matching

fits({publish, Qos, Retain}, {Action, Levels, Allowed}) when Action =:= publish; Action =:= all ->
    lists:member(Qos, Levels) andalso (Allowed =:= all orelse Allowed =:= Retain);
fits({subscribe, Qos}, {Action, Levels, _}) when Action =:= subscribe; Action =:= all ->
    lists:member(Qos, Levels);
fits(_, _) -> false.

is(_, all) -> true;
is(Client, {'and', Parts}) -> lists:all(fun(Part) -> is(Client, Part) end, Parts);
is(Client, {'or', Parts}) -> lists:any(fun(Part) -> is(Client, Part) end, Parts);
is(Client, {Key, {eq, Name}}) -> maps:get(Key, Client) =:= Name;
is(Client, {Key, {re, Pattern}}) ->
    re:run(unicode:characters_to_binary(maps:get(Key, Client)), Pattern, [{capture, none}]) =:= match.

covers(Filter, {eq, Words}, _, _) -> Filter =:= Words;
covers(Filter, Text, Client, Dollar) -> covers(Filter, words(render(Text, Client)), Dollar).

covers([[$$ | _] | _], [Wildcard | _], apart) when Wildcard =:= "+"; Wildcard =:= "#" -> false;
covers(Filter, Words, _) -> match(Filter, Words).

%% The words of a subscription's filter are matched as if they were a topic's: "a/#" fits a rule for "a/+".
match([], []) -> true;
match([Word | Rest], [Word | More]) -> match(Rest, More);
match([_ | Rest], ["+" | More]) -> match(Rest, More);
match(_, ["#"]) -> true;
match(_, _) -> false.

words(Topic) -> string:split(Topic, "/", all).

%% Placeholders are filled in before the words are split, so that a slash or wildcard in a name would count.
%% Who has no certificate has the common name "undefined", at worst.
render(Text, #{username := Username, clientid := ClientId, cn := CommonName}) ->
    lists:foldl(
        fun({Placeholder, Value}, Acc) -> lists:flatten(string:replace(Acc, Placeholder, Value, all)) end,
        Text,
        [{"${username}", Username}, {"${clientid}", ClientId}, {"${cert_common_name}", text(CommonName)}]
    ).

text(undefined) -> "undefined";
text(CommonName) -> CommonName.
