"""The methods of the Web API, a file a family; `registry` knows them all."""
